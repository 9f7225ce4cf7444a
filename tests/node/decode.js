// Reads datagrams as lines of hexadecimal digits; prints, for each decoder, the messages as JSON.
const osc = require("osc");
const nodeOsc = require("node-osc");

const datagrams = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => Buffer.from(line, "hex"));

function ofOsc(packet) {
  if (packet.packets) return packet.packets.flatMap(ofOsc);
  const types = packet.args.map((each) => each.type).join("");
  return [[packet.address, types, ...packet.args.map((each) => each.value)]];
}

function ofNodeOsc(packet) { // it tells no types
  if (packet.elements) return packet.elements.flatMap(ofNodeOsc);
  return [[packet.address, null, ...packet.args.map((each) => each.value)]];
}

const result = { osc: [], "node-osc": [] };
for (const datagram of datagrams) {
  result.osc.push(...ofOsc(osc.readPacket(datagram, { metadata: true })));
  result["node-osc"].push(...ofNodeOsc(nodeOsc.decode(datagram)));
}
console.log(JSON.stringify(result));

// Prints the errors and warnings of the Khronos validator for each file, as JSON.
const fs = require("fs");
const validator = require("gltf-validator");

(async () => {
  const found = [];
  for (const path of process.argv.slice(2)) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)));
    found.push(...report.issues.messages.filter((message) => message.severity < 2));
  }
  console.log(JSON.stringify(found));
})();

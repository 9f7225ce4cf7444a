// Loads avatars with pixiv's three-vrm, gives their bones the local poses of VMC, and prints where they are.
// Standard input: [{file, bones: {VRM 1.0 name: [px, py, pz, qx, qy, qz, qw]}}], in Unity's frame, as is the answer.
import fs from 'node:fs';

globalThis.self = globalThis;
globalThis.ProgressEvent = class {};
const { Vector3 } = await import('three');
const { GLTFLoader } = await import('three/examples/jsm/loaders/GLTFLoader.js');
const { VRMLoaderPlugin } = await import('@pixiv/three-vrm');

async function pose({ file, bones }) {
  const bytes = fs.readFileSync(file);
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const gltf = await loader.parseAsync(data, '');
  const { humanoid, meta } = gltf.userData.vrm;
  // a VRM 0.x model looks along -z in its file, a 1.0 model along +z; Unity mirrors the one along z, the other along x
  const [x, y, z] = meta.metaVersion === '0' ? [1, 1, -1] : [-1, 1, 1];

  for (const [name, [px, py, pz, qx, qy, qz, qw]] of Object.entries(bones)) {
    const node = humanoid.getRawBoneNode(name);
    node.position.set(x * px, y * py, z * pz);
    node.quaternion.set(y * z * qx, x * z * qy, x * y * qz, qw);
  }
  gltf.scene.updateMatrixWorld(true);
  const places = {};
  for (const name of Object.keys(bones)) {
    const place = new Vector3().setFromMatrixPosition(humanoid.getRawBoneNode(name).matrixWorld);
    places[name] = [x * place.x, y * place.y, z * place.z];
  }
  return { version: Number(meta.metaVersion), places };
}

console.log(JSON.stringify(await Promise.all(JSON.parse(fs.readFileSync(0, 'utf8')).map(pose))));

// Prints what three-vrm's own loader finds in a VRMA file, as JSON.
import { createRequire } from "node:module";
import fs from "node:fs";

globalThis.self = globalThis; // GLTFLoader asks for it
const require = createRequire(import.meta.url);
const { GLTFLoader } = await import(require.resolve("three/addons/loaders/GLTFLoader.js"));
const { VRMAnimationLoaderPlugin } = require("@pixiv/three-vrm-animation");

const bytes = fs.readFileSync(process.argv[2]);
const loader = new GLTFLoader();
loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
const gltf = await loader.parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), "");
const [animation] = gltf.userData.vrmAnimations;
const values = (tracks) => Object.fromEntries([...tracks].map(([name, track]) => [name, [...track.values]]));
console.log(
  JSON.stringify({
    duration: animation.duration,
    restHips: animation.restHipsPosition.toArray(),
    rotations: values(animation.humanoidTracks.rotation),
    translations: values(animation.humanoidTracks.translation),
    expressions: values(animation.expressionTracks.preset),
    gaze: animation.lookAtTrack ? [...animation.lookAtTrack.values] : null,
  }),
);

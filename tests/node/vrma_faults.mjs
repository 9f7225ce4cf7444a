// Prints what is wrong with each of several VRMC_vrm_animation tables (standard input, a list), as JSON. The schema is made
// from pixiv's types of the extension.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const types = createRequire(import.meta.url).resolve('@pixiv/types-vrmc-vrm-animation-1.0/package.json');
const file = path.join(path.dirname(types), 'types', 'index.d.ts');
const schema = createGenerator({ path: file, skipTypeCheck: true }).createSchema('VRMCVRMAnimation');
// of the specification, and read by three-vrm, but not in the types
const offset = { type: 'array', items: { type: 'number' }, minItems: 3, maxItems: 3 };
schema.definitions.LookAt.properties.offsetFromHeadBone = offset;
const isValid = new Ajv({ allErrors: true }).compile(schema);
const tables = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(JSON.stringify(tables.map((table) => (isValid(table) ? [] : isValid.errors.map((each) => each.message)))));

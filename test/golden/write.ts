/** `npm run golden`: writes the plans that the tests compare with. Read the difference before it is committed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { experimentNames, goldenNames, writeGolden } from './plans.ts';

for (const name of goldenNames().filter((name) => !experimentNames.includes(name)))
  rmSync(join(import.meta.dirname, `${name}.plan.json`));
for (const name of experimentNames) {
  writeGolden(name);
  process.stdout.write(`test/golden/${name}.plan.json\n`);
}

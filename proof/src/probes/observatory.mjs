// Asks the MDN HTTP Observatory about a site on this machine: `node scan.mjs NAME PLAIN_PORT TLS_PORT`, beside its package.
// Its own command scans public sites alone, because it takes no ports; this puts the same parts together.
import { access, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name, httpPort, httpsPort] = process.argv.slice(2);
const source = dirname(createRequire(import.meta.url).resolve('@mdn/mdn-http-observatory'));
const part = (path) => import(pathToFileURL(join(source, path)).href);

// Sites that browsers know to speak TLS alone: none of ours is among them, and the list is not in the package.
const preloaded = join(source, '..', 'conf', 'hsts-preload.json');
await access(preloaded).catch(() => writeFile(preloaded, '{}'));

const { retrieve } = await part('retriever/retriever.js');
const { ALL_TESTS } = await part('constants.js');
const { getGradeForScore, getScoreModifier } = await part('grader/grader.js');
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part('grader/charts.js');

const site = await retrieve(name, { httpPort: Number(httpPort), httpsPort: Number(httpsPort) });
if (site.responses.auto?.status !== 200) {
  throw new Error(`the site answers ${site.responses.auto?.status ?? 'nothing'}`);
}
const tests = {};
for (const test of ALL_TESTS) {
  const { result, pass, constructor } = test(site);
  tests[constructor.name] = { result, pass, modifier: result ? getScoreModifier(result) : 0 };
}
const modifiers = Object.values(tests).map((test) => test.modifier);
const without = modifiers.filter((modifier) => modifier < 0).reduce((sum, modifier) => sum + modifier, 100);
const all = modifiers.reduce((sum, modifier) => sum + modifier, 100);
const score = without >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? all : without;
console.log(JSON.stringify({ ...getGradeForScore(score), tests }));

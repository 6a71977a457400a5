// Opens pages in Chromium and tells what happened on each: `node walk.mjs`, with the wish as JSON on its input:
// { "origin": "https://quartile.example", "leadsTo": "MAP quartile.example:443 127.0.0.1:8443", "session": "…", "paths": ["/"] }. The answer is JSON: a list of
// { path, status, isLive, hasRun, ownScriptRan, refused, elsewhere }.
import { json } from 'node:stream/consumers';

import { chromium } from '@playwright/test';

const { origin, leadsTo, session, paths } = await json(process.stdin);
const executablePath = process.env.QUARTILE_E2E_CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', `--host-resolver-rules=${leadsTo}`] });
const context = await browser.newContext({ ignoreHTTPSErrors: true });
if (session) {
  await context.addCookies([{ name: '__Host-sid', value: session, url: origin, secure: true, httpOnly: true }]);
}
await context.addInitScript(() => {
  window.refused = [];
  // What stored texts would call if they were scripts.
  window.zqcanary = () => {
    window.hasRun = true;
  };
  document.addEventListener('securitypolicyviolation', (event) => {
    window.refused.push(`${event.effectiveDirective} ${event.blockedURI}`);
  });
});

const answers = [];
for (const path of paths) {
  const page = await context.newPage();
  const response = await page.goto(origin + path, { waitUntil: 'load' }).catch(() => null);
  // A page without islands has nothing that could come alive.
  const isStill = (await page.locator('leptos-island').count()) === 0;
  const live = () => page.locator('html[data-live]').waitFor({ state: 'attached', timeout: 15_000 });
  const isLive = isStill || (await live().then(() => true, () => false));
  const { hasRun, refused } = await page.evaluate(() => ({ hasRun: Boolean(window.hasRun), refused: [...window.refused] }));
  const ownScriptRan = await page.evaluate(() => {
    const script = document.createElement('div');
    script.innerHTML = '<img src="data:," onerror="window.ownScriptRan = true">';
    document.body.append(script);
    return new Promise((done) => setTimeout(() => done(Boolean(window.ownScriptRan)), 100));
  });
  const elsewhere = new URL(page.url()).origin !== origin;
  answers.push({ path, status: response?.status() ?? 0, isLive, hasRun, ownScriptRan, refused, elsewhere });
  await page.close();
}
await browser.close();
console.log(JSON.stringify(answers));

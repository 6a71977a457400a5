// Accessibility by WCAG 2.2 AA; no rule is switched off.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Fails with the places and the remedies when the page breaks a rule. */
export async function audit(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    // Named because axe leaves it off by itself.
    .options({ rules: { 'target-size': { enabled: true } } })
    .withTags(TAGS)
    .analyze();
  const report = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}\n  at ${node.target.join(' ')}\n  ${node.failureSummary ?? ''}`),
  );
  expect(report, `Accessibility of ${page.url()}`).toEqual([]);
}

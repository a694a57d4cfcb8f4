/** The operator's window in a real browser, on the invented evening. */
import type axe from 'axe-core';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { MockWindow } from '$lib/desk/host/mock';
import { buildDesk, serveDesk } from './serve';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Opening {
  mock?: string;
  dark?: boolean;
  width?: number;
  height?: number;
}

const CLOSES_WITHIN_MS = 30_000;

async function within<T>(done: Promise<T>, otherwise: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), CLOSES_WITHIN_MS);
  });
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

export class Window {
  page!: Page;
  readonly errors: string[] = [];
  #browser: Browser | null = null;
  #server: Server | null = null;
  #url = '';

  async start(): Promise<void> {
    buildDesk();
    ({ url: this.#url, server: this.#server } = await serveDesk());
    this.#browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--mute-audio'],
    });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    this.#server?.close();
  }

  async open({ mock = 'still', dark = true, width = 1280, height = 800 }: Opening = {}): Promise<Page> {
    const page = await this.#browser!.newPage({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    await page.goto(`${this.#url}?mock=${mock}`);
    await page.waitForSelector('body[data-ready="true"]');
    return page;
  }

  /**
   * Closes the page; what it complained about fails the test. A page that no longer answers is told apart from a
   * browser that does not close it.
   */
  async close(): Promise<void> {
    const page: Page | undefined = this.page;
    if (page && !page.isClosed()) {
      await within(
        page.evaluate(() => 1),
        'The page no longer answers.',
      );
      await within(page.close(), 'The browser did not close the page.');
    }
    expect(this.errors.splice(0)).toEqual([]);
  }

  row = (alarm: string) => this.page.getByTestId(`alarm-row-${alarm}`);

  /** What the page asked the desk for, as "kind target". */
  acts = () =>
    this.page.evaluate(() => (window as MockWindow).watchhouseMock?.acts.map((a) => `${a.kind} ${a.target}`) ?? []);
  lastAct = () => this.page.evaluate(() => (window as MockWindow).watchhouseMock?.acts.at(-1));
  raise = (priority: number) =>
    this.page.evaluate((p) => (window as MockWindow).watchhouseMock?.raise(p) ?? '', priority);

  /** The row, or the element, that has the focus. */
  focused = () =>
    this.page.evaluate(() => {
      const at = document.activeElement;
      return at?.closest('[data-row]')?.getAttribute('data-row') ?? at?.tagName;
    });

  /** No serious or critical fault that axe can find. */
  async accessible(): Promise<void> {
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate(async () => {
      const run = (window as unknown as { axe: typeof axe }).axe;
      const { violations } = await run.run(document, { resultTypes: ['violations'] });
      return violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`);
    });
    expect(found).toEqual([]);
  }
}

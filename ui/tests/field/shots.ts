/** Pictures of every screen, for looking at: `SHOTS=/tmp/shots npx vitest run --config … shots`. */
import { mkdirSync } from 'node:fs';
import type { OnScreen } from './drive';

export function shots(folder: string | undefined, suffix = ''): OnScreen | undefined {
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true });
  return async (name, page) => {
    await page.screenshot({ path: `${folder}/${name}${suffix}.png` });
  };
}

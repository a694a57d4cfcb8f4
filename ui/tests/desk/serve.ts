/** Serves the built page from memory of the disk, on a port of its own. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const UI = fileURLToPath(new URL('../../', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

/** $PAGES_BUILT=1 says that `npm run build` has just run. */
export function buildDesk(): void {
  if (process.env['PAGES_BUILT'] === '1') return;
  execFileSync('npx', ['vite', 'build', '--mode', 'desk', '--logLevel', 'warn'], { cwd: UI, stdio: 'inherit' });
}

export async function serveDesk(): Promise<{ url: string; server: Server }> {
  const root = join(UI, 'dist/desk');
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(root, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (data) =>
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(data),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

/** Rows replace rows of the same key; removed keys leave. The old list is never changed. */
export function merge<T>(rows: T[], changed: T[], gone: string[], key: (row: T) => string): T[] {
  if (changed.length === 0 && gone.length === 0) return rows;
  const next = new Map(rows.map((row) => [key(row), row]));
  for (const row of changed) next.set(key(row), row);
  for (const id of gone) next.delete(id);
  return [...next.values()];
}

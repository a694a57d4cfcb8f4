/** What the operator has chosen. One thing at a time; the panels follow it. */
export type Chosen =
  | { kind: 'none' }
  | { kind: 'alarm'; id: string }
  | { kind: 'callout'; id: string }
  | { kind: 'call'; id: string }
  | { kind: 'unit'; id: string }
  | { kind: 'site'; id: string }
  | { kind: 'create' };

export type ListName = 'alarms' | 'callouts' | 'patrols' | 'calls';

export class Selection {
  chosen = $state.raw<Chosen>({ kind: 'none' });
  /** The list that arrows and J/K move in. */
  list = $state<ListName>('alarms');

  choose(chosen: Chosen): void {
    this.chosen = chosen;
    if (chosen.kind === 'alarm') this.list = 'alarms';
    if (chosen.kind === 'callout') this.list = 'callouts';
    if (chosen.kind === 'call') this.list = 'calls';
    if (chosen.kind === 'unit') this.list = 'patrols';
  }

  clear(): void {
    this.chosen = { kind: 'none' };
  }

  is(kind: Chosen['kind'], id: string): boolean {
    return this.chosen.kind === kind && 'id' in this.chosen && this.chosen.id === id;
  }
}

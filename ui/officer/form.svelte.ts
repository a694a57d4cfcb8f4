import type { Keeper } from './keeper';

type Forms = Pick<Keeper, 'readForm' | 'keepForm' | 'formKey'>;

/** A half-filled form that outlives the page: every change is kept until the command made of it is. */
export class Form<T extends object> {
  value = $state() as T;
  ready = $state(false);

  constructor(
    private phone: () => Forms,
    private name: string,
    private initial: () => T,
  ) {
    this.value = initial();
    void phone()
      .readForm<T>(name)
      .then((kept) => {
        if (kept) this.value = { ...initial(), ...kept };
        this.ready = true;
      });
    let last = JSON.stringify(initial());
    $effect(() => {
      const now = $state.snapshot(this.value);
      const text = JSON.stringify(now);
      if (!this.ready || text === last) return;
      last = text;
      void phone().keepForm(name, now);
    });
  }

  /** For `Phone.act`: the command and the form it came from change hands together. */
  get key(): string {
    return this.phone().formKey(this.name);
  }

  reset() {
    this.value = this.initial();
  }
}

/** With the value in, or out when it was in. */
export const toggled = (values: readonly string[], value: string): string[] =>
  values.includes(value) ? values.filter((v) => v !== value) : [...values, value];

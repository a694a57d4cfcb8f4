/** What a screen reader says without moving focus. Two lines: one waits its turn, one interrupts. */
class Announcer {
  polite = $state('');
  assertive = $state('');

  say(text: string, urgent = false): void {
    // The same sentence twice must still be spoken: a trailing no-break space makes it a change.
    if (urgent) this.assertive = this.assertive === text ? `${text}\u00a0` : text;
    else this.polite = this.polite === text ? `${text}\u00a0` : text;
  }
}

export const announcer = new Announcer();

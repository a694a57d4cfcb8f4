/** The sounds themselves: short synthesised patterns, told apart by rhythm and pitch, soft at both ends. */
type Note = [startS: number, frequency: number, lengthS: number];

/** 1 a fast high alternation, 2 three rising, 3 two level, 4 one low. */
export const PATTERNS: Record<number, Note[]> = {
  1: [
    [0, 988, 0.13],
    [0.16, 740, 0.13],
    [0.32, 988, 0.13],
    [0.48, 740, 0.13],
    [0.64, 988, 0.13],
    [0.8, 740, 0.16],
  ],
  2: [
    [0, 523, 0.16],
    [0.2, 659, 0.16],
    [0.4, 784, 0.26],
  ],
  3: [
    [0, 587, 0.16],
    [0.24, 587, 0.22],
  ],
  4: [[0, 392, 0.24]],
};

const LOUD = 0.22;
const EDGE_S = 0.012;

/** Plays a pattern; what it answers cuts it short. */
export function play(context: AudioContext, priority: number): () => void {
  const start = context.currentTime + 0.01;
  const all = context.createGain();
  all.connect(context.destination);
  for (const [at, frequency, length] of PATTERNS[priority] ?? []) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.type = 'triangle';
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, start + at);
    gain.gain.linearRampToValueAtTime(LOUD, start + at + EDGE_S);
    gain.gain.setValueAtTime(LOUD, start + at + length - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, start + at + length);
    tone.connect(gain).connect(all);
    tone.start(start + at);
    tone.stop(start + at + length + 0.02);
  }
  return () => {
    all.gain.setTargetAtTime(0, context.currentTime, EDGE_S);
  };
}

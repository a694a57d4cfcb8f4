/** The browser's own reader of codes, where it has one: Chromium on phones. Nothing is loaded and nothing leaves the phone. */

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new () => Detector;

const READ_EVERY_MS = 200;

const detectorClass = (): DetectorClass | undefined =>
  (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

/** Whether codes can be read with the camera here. */
export const canRead = (): boolean =>
  detectorClass() !== undefined && typeof navigator.mediaDevices?.getUserMedia === 'function';

/** The camera into this element until a code is seen, or until it is cut off. Rejects with a sentence. */
export async function readCode(video: HTMLVideoElement, cut: AbortSignal): Promise<string | null> {
  const Detector = detectorClass();
  if (!Detector) throw new Error('This browser reads no codes. Type what the tag says.');
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    throw new Error('The camera cannot be used. Allow it in the browser, or type what the tag says.');
  }
  try {
    const detector = new Detector();
    video.srcObject = stream;
    await video.play();
    while (!cut.aborted) {
      const found = await detector.detect(video).catch(() => []);
      const text = found.map((code) => code.rawValue.trim()).find((value) => value !== '');
      if (text !== undefined) return text;
      await new Promise((next) => setTimeout(next, READ_EVERY_MS));
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

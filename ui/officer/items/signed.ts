/** A signature as a picture: what was drawn, or the name as it was typed. */

import type { Stroke } from '$lib/field/command';

/** Three dots to each unit of the box the strokes are kept in. */
const SCALE = 3;
const WIDTH = 300;
const HEIGHT = 100;

export async function pictureOf(name: string, strokes: readonly Stroke[]): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH * SCALE;
  canvas.height = HEIGHT * SCALE;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('The signature could not be drawn.');
  pen.scale(SCALE, SCALE);
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.strokeStyle = pen.fillStyle = '#101418';
  pen.lineWidth = 2.2;
  pen.lineCap = pen.lineJoin = 'round';
  if (strokes.length > 0) draw(pen, strokes);
  else write(pen, name);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('The signature could not be kept.');
  return blob;
}

function draw(pen: CanvasRenderingContext2D, strokes: readonly Stroke[]) {
  for (const stroke of strokes) {
    pen.beginPath();
    stroke.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
    const [first] = stroke;
    // A dot is a stroke too.
    if (first && stroke.length === 1) pen.lineTo(first[0] + 0.1, first[1]);
    pen.stroke();
  }
}

function write(pen: CanvasRenderingContext2D, name: string) {
  const most = WIDTH - 40;
  let size = 34;
  do pen.font = `italic ${size}px Georgia, serif`;
  while (pen.measureText(name).width > most && --size > 8);
  pen.fillText(name, 20, 66, most);
  pen.font = '11px sans-serif';
  pen.fillText('signed by typing the name', 20, 90);
}

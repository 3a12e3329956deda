// oxlint-disable-next-line no-control-regex -- what a terminal would obey
const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of others for a terminal: what it would obey, or what turns the direction of text, is written as its code. */
export function visible(text: string): string {
  return text.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

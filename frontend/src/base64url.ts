/** Bytes as the text that the browser's keys travel as: base64url without padding (RFC 4648, section 5). */

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/** The text of bytes; nothing for none. */
export function textOf(bytes: ArrayBuffer): string;
export function textOf(bytes: ArrayBuffer | null): string | undefined;
export function textOf(bytes: ArrayBuffer | null): string | undefined {
  if (!bytes) return undefined;
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

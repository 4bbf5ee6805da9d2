/** What an entry of the kill test holds: made of its id, so that any reader can check it. */
export const payloadOf = (id: string): Uint8Array => Buffer.from(`${id}\u0000${"x".repeat(id.length * 3)}`);

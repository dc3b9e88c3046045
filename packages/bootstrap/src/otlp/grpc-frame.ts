const PREFIX_BYTES = 5;

/** One message with the prefix that gRPC puts before it: a flag for compression and the length. */
export function frame(message: Uint8Array, compressed: boolean): Buffer {
  const framed = Buffer.alloc(PREFIX_BYTES + message.length);
  framed.writeUInt8(compressed ? 1 : 0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

/**
 * The message of a body that holds one.
 *
 * @throws when it does not, or when the message is compressed, which the request has not allowed
 */
export function unframe(body: Buffer): Uint8Array {
  if (body.length < PREFIX_BYTES || body.readUInt8(0) !== 0 || body.length !== PREFIX_BYTES + body.readUInt32BE(1)) {
    throw new TypeError('not one uncompressed gRPC message');
  }
  return body.subarray(PREFIX_BYTES);
}

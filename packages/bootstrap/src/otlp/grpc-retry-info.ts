import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
/** Varints are read unsigned: from here on they are negative numbers. */
const FIRST_NEGATIVE = 2 ** 63;

/**
 * How long the details of a gRPC status ask to wait, in milliseconds; undefined when they ask nothing or cannot be read.
 *
 * @param details value of `grpc-status-details-bin`: a google.rpc.Status in base64
 */
export function readRetryInfo(details: string): number | undefined {
  try {
    for (const detail of messages(Buffer.from(details, 'base64'), 3)) {
      const [type] = messages(detail, 1);
      const [retryInfo] = messages(detail, 2);
      if (type === undefined || retryInfo === undefined || new TextDecoder().decode(type) !== RETRY_INFO) continue;
      const [delay] = messages(retryInfo, 1);
      return delay === undefined ? 0 : durationMillis(delay);
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** A negative duration asks for no wait; undefined for one that is not a number. */
function durationMillis(duration: Uint8Array): number | undefined {
  const fields = [...protobufFields(duration)];
  const read = (number: number): number => Number(fields.find((field) => field.number === number)?.value ?? 0);
  const [seconds, nanoseconds] = [read(1), read(2)];
  if (seconds >= FIRST_NEGATIVE || nanoseconds >= FIRST_NEGATIVE) return 0;
  const millis = seconds * 1000 + nanoseconds / 1_000_000;
  return Number.isFinite(millis) ? millis : undefined;
}

function messages(message: Uint8Array, number: number): Uint8Array[] {
  const isMessage = (field: ProtobufField): field is ProtobufField & { value: Uint8Array } =>
    field.number === number && typeof field.value !== 'number';
  return [...protobufFields(message)].filter(isMessage).map(({ value }) => value);
}

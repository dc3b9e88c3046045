/** Names that a program's own span fields may have: none that Planscope or OpenTelemetry uses, and no space in them. */
export const CUSTOM_FIELD_NAME: RegExp =
  /^(?!(?:planscope|trace|datafusion|duckdb|object_store|db|error|exception|otel)\.)\S+$/;

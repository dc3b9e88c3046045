const UNTRUSTED =
  'the authority of its certificate is not trusted; set NODE_EXTRA_CA_CERTS to a file with the certificate of that ' +
  'authority before the program starts, or pass a fetch that trusts it';
const NO_TLS = 'it does not speak TLS on this port; pass its http URL or its TLS port';

/** Faults that no later attempt cures, by their code. */
const PROBLEMS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; pass the server by a name in it',
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};

/**
 * Why a connection cannot be made, and what to do, if it is a fault of the set-up that trying again does not change.
 *
 * @param error what `fetch` threw
 */
export function connectionProblem(error: unknown): string | undefined {
  const code = codeOf(error) ?? codeOf((error as Error | undefined)?.cause);
  const problem = code === undefined ? undefined : PROBLEMS[code];
  return problem === undefined ? undefined : `${problem} (${code})`;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code) ? code : undefined;
}

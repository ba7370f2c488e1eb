namespace TlsProxy.Handshake.Engines;

/// <summary>Where the records behind a handshake begin, as counted by who has carried its records.</summary>
/// <param name="Sent">Records that we have sent under the keys.</param>
/// <param name="Received">Records that the peer has sent under the keys.</param>
/// <param name="TransmitNonce">The explicit nonce of our next record, with AES-GCM in TLS 1.2.</param>
internal readonly record struct RecordPositions(ulong Sent, ulong Received, ulong TransmitNonce);

using static TlsProxy.Handshake.Keys.RecordTreatment;

namespace TlsProxy.Handshake.Keys;

/// <summary>Everything that a handshake can agree on and that the records behind it would have to honour. Whatever more an engine can agree
/// on has to be added here first: the handshake is its business, the records aren't.</summary>
public static class RecordAgreements
{
    public static IReadOnlyList<RecordAgreement> All { get; } =
    [
        new("version and cipher suite", 43, Honoured, "RFC 9846, section 5.2; RFC 5288; RFC 7905", "SessionKeys.Version and Suite"),
        new("max_fragment_length", 1, Honoured, "RFC 6066, section 4", "RecordRequirements.PlaintextMaximum; the kernel isn't asked"),
        new("sequence numbers", null, Honoured, "RFC 9846, section 5.3; RFC 5246, section 6.1", "TrafficKeys.Sequence, counted"),
        new("explicit nonce", null, Honoured, "RFC 5288, section 3", "TrafficKeys.ExplicitNonce goes on from Finished"),
        new("session tickets", 35, Honoured, "RFC 9846, section 4.7.1", "TrafficKeys.Sequence counts those under the application keys"),
        new("key limits", null, Honoured, "RFC 9846, section 5.5", "the record channel counts records against the limit of the AEAD"),
        new("KeyUpdate", null, Honoured, "RFC 9846, section 4.7.3", "TrafficKeys.Update; keys in the kernel end with the connection"),
        new("record_size_limit", 28, Refused, "RFC 8449, section 4", "not answered, so it isn't agreed on"),
        new("encrypt_then_mac", 22, Refused, "RFC 7366, section 3", "only suites with an AEAD are offered, and those have no MAC"),
        new("truncated_hmac", 4, Refused, "RFC 6066, section 7", "only suites with an AEAD are offered, and those have no MAC"),
        new("compression", null, Refused, "RFC 3749; RFC 9846, section 4.2.2", "the null method is the only one"),
        new("heartbeat", 15, Refused, "RFC 6520, section 2", "its content type is none of ours"),
        new("early_data", 42, Refused, "RFC 9846, section 4.3.10", "its records have keys of their own, which nobody exports"),
        new("post_handshake_auth", 49, Refused, "RFC 9846, section 4.7.2", "the engine is gone when records begin"),
        new("connection_id", 54, Refused, "RFC 9146, section 3", "for datagrams"),
        new("extended_master_secret", 23, Irrelevant, "RFC 7627, section 4", "the keys come from whichever master secret there is"),
        new("renegotiation_info", 0xFF01, Irrelevant, "RFC 5746, section 3.6", "the record channel refuses every renegotiation"),
        new("padding of records", null, Irrelevant, "RFC 9846, section 5.4", "each side pads as it likes; what comes is stripped"),
    ];
}

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>The tests that one engine of handshakes alone passes, or that hold the engines to different bounds. All others run over both:
/// scripts/test chooses the engine of a run by TLSPROXY_TEST_ENGINE. Answers of the engines that differ where an RFC allows it stand in
/// EngineAgreementTests and FlightAgreementTests.</summary>
internal static class OneEngineList
{
    public const int Maximum = 10;

    public static IReadOnlyList<(string Class, string Test, string Reason)> All { get; } =
    [
        ("HybridGroupTests", "A_client_with_the_hybrid_group_shakes_hands_by_it",
            "X25519MLKEM768 (RFC 9846, section 4.3.7; draft-ietf-tls-ecdhe-mlkem): OpenSSL has the group from 3.5 on."),
        ("HybridShareTests", "A_share_that_is_none_is_an_illegal_parameter",
            "Shares of X25519MLKEM768 (RFC 9846, section 4.3.8; draft-ietf-tls-ecdhe-mlkem): OpenSSL has the group from 3.5 on."),
        ("AllocationTests", "A_full_handshake_allocates_no_more_than_its_bound",
            "BouncyCastle makes managed objects of messages (RFC 9846, section 4); HandshakeBytesTests bounds the memory of both engines."),
        ("AllocationTests", "A_full_handshake_in_the_hybrid_group_allocates_no_more_than_its_bound",
            "The same, in X25519MLKEM768 (RFC 9846, section 4.3.7; draft-ietf-tls-ecdhe-mlkem)."),
        ("ResourceTests", "The_life_of_a_connection_with_a_full_handshake_allocates_little",
            "The bound of OpenSSL is that of the connection alone; messages (RFC 9846, section 4) are managed objects with BouncyCastle."),
        ("RealClientTests", "Chromium",
            "It prefers X25519MLKEM768 (RFC 9846, section 4.3.7), in which only BouncyCastle answers whatever OpenSSL is installed."),
    ];
}

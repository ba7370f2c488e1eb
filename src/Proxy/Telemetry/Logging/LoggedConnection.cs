namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>What a line of the access log says of the connection.</summary>
/// <param name="Address">The client's.</param>
/// <param name="Session">The default without TLS.</param>
/// <param name="Records">Who makes the records, as <see cref="Ktls.KtlsVerdict.Text"/> has it; <c>-</c> without TLS.</param>
internal readonly record struct LoggedConnection(string Address, bool IsTls, TlsSession Session, string Records);

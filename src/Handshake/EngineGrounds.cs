namespace TlsProxy.Handshake;

/// <summary>What an engine is chosen by where none is named.</summary>
/// <param name="IsFips">Whether only validated cryptography may be used.</param>
/// <param name="WantsHybrid">Whether X25519MLKEM768 is among the groups served.</param>
/// <param name="HasHybrid">Whether OpenSSL has it, as it does from 3.5 on.</param>
internal readonly record struct EngineGrounds(bool IsFips, bool WantsHybrid, bool HasHybrid);

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>A completion as a test sees it.</summary>
/// <param name="Bytes">What was received, copied.</param>
internal sealed record Outcome(int Tag, int Count, Errno Error, bool More, byte[] Bytes, byte RecordType);

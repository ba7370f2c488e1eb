using TlsProxy.Uring;

namespace TlsProxy.Testing.Backend;

/// <summary>How a pending connect will end.</summary>
/// <param name="Origin">Null where nobody listens.</param>
/// <param name="Address">The socket address as it was when the connect was submitted.</param>
/// <param name="Error">None where the origin takes it.</param>
/// <param name="Due">When the answer comes, on the fake clock in nanoseconds.</param>
internal sealed record FakeConnect(FakeOrigin? Origin, byte[] Address, Errno Error, long Due);

using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>One range of a response's content, in native memory that stays until the reader is released.</summary>
/// <param name="Lines">Precedes the bytes: the lines between the parts of a multipart message; empty otherwise.</param>
/// <param name="Bytes">Bytes of the body.</param>
/// <param name="IsLast">Nothing follows, and that is known already.</param>
internal readonly record struct BodySlice(NativeSlice Lines, NativeSlice Bytes, bool IsLast);

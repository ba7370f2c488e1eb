namespace TlsProxy.Uring.Loop;

/// <summary>A completion as the back end copied it out of its queue.</summary>
/// <param name="UserData">The <see cref="Operation.UserData"/> of the operation it belongs to.</param>
/// <param name="Result">Bytes, descriptor or events; a negative errno on failure.</param>
/// <param name="More">The operation goes on.</param>
/// <param name="BufferId">The pool buffer that was filled, or -1.</param>
/// <param name="Notification">The second completion of a zero-copy send: the memory is free again; <paramref name="Result"/> says
/// nothing.</param>
public readonly record struct Completion(ulong UserData, int Result, bool More = false, int BufferId = -1, bool Notification = false);

namespace TlsProxy.Uring.Backends;

/// <summary>What an event loop can stand on. Another one needs a value here, a name and a case in <see cref="BackendChoice"/>, and an
/// implementation of <see cref="Loop.ILoopBackend"/> that passes the tests all of them share.</summary>
public enum BackendKind : byte
{
    /// <summary>One ring a loop: operations are queued for the kernel, and one call submits many and reaps many.</summary>
    IoUring,

    /// <summary>A system call an operation, and one wait for all descriptors.</summary>
    Epoll,
}

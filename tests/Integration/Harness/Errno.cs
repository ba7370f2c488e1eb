namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Errors of system calls (errno(3)).</summary>
public enum Errno
{
    EPERM = 1,
    ENOMEM = 12,
    EMFILE = 24,
    ENOSYS = 38,
}

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record CommandResult(int ExitStatus, byte[] Output, string Error);

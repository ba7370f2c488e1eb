namespace TlsProxy.Uring.Faults;

/// <summary>A loop can't go on: what it stands on has failed. No callback is to blame, so this isn't contained.</summary>
public sealed class LoopLostException(string message) : Exception(message);

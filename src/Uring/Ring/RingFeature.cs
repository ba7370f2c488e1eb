namespace TlsProxy.Uring.Ring;

/// <summary>Whether the kernel does something that a ring makes use of.</summary>
/// <param name="Name">In the kernel's words.</param>
/// <param name="Works">It was tried, and did what it should.</param>
/// <param name="Text">What it is good for, or why it doesn't work.</param>
public sealed record RingFeature(string Name, bool Works, string Text);

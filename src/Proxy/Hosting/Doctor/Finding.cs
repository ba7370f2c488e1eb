namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>One thing the doctor looked at.</summary>
/// <param name="Area">What it belongs to: kernel, transport, ktls, openssl or limits.</param>
/// <param name="Name">What was looked at.</param>
/// <param name="Works">Whether it does what the proxy would ask of it.</param>
/// <param name="Text">What was found, in plain words.</param>
/// <param name="IsRequired">Without it the proxy can't serve.</param>
internal sealed record Finding(string Area, string Name, bool Works, string Text, bool IsRequired = false);

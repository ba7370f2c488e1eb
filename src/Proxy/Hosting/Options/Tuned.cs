using TlsProxy.Ktls.Channel;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What the settings of <see cref="Tuning"/> change.</summary>
internal sealed record Tuned(RingOptions Ring, ChannelOptions Channel);

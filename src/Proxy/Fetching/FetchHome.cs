using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Where requests come from: the worker that their answers are posted to, and the origin as that worker asks it. A fetch asks the
/// origin of the one whose request it forwards, whichever workers wait beside it.</summary>
/// <param name="Mailbox">That of the worker's loop.</param>
internal sealed record FetchHome(IMailbox Mailbox, IOrigin Origin);

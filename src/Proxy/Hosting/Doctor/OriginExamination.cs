using System.Globalization;
using System.Text;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Proxy.Upstream.Ring.Tls;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Asks the origin for <c>/</c> as the proxy would.</summary>
internal static class OriginExamination
{
    public static IEnumerable<Finding> Run(OriginOptions options)
    {
        var name = options.Url;
        OriginProbe probe;
        try
        {
            using var contexts = new OriginContexts([options]);
            probe = Ask(options, contexts);
        }
        catch (StartException refused)
        {
            return [new Finding("origin", name, false, refused.Message.TrimEnd('.'), IsRequired: true)];
        }

        if (probe.Failure is not { } failed)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"answers HEAD / with {probe.Status}");
            return [new Finding("origin", name, true, text)];
        }

        var where = failed.Trouble is { } trouble ? $" ({trouble})" : string.Empty;
        var what = OriginFailures.Of(failed.Reason).Text.TrimEnd('.');
        var advice = failed.Source == FailureSource.Tls
            ? "correct its certificate, --origin-ca or --origin-tls-name"
            : $"start it, or correct its {(options.IsUnix ? "path" : "URL")}";
        return [new Finding("origin", name, false, $"{what}{where}: {advice}", IsRequired: true)];
    }

    /// <summary>Asks on a loop of its own, which stands on what every kernel has.</summary>
    private static OriginProbe Ask(OriginOptions options, OriginContexts contexts)
    {
        var probe = new OriginProbe();
        if (EpollBackend.TryCreate(new EpollOptions(), out _) is not { } backend)
        {
            probe.OnFailed(OriginFailed.OfProxy(OriginFailure.NoDescriptor));
            return probe;
        }

        using var memory = new SegmentPool();
        using var loop = new EventLoop(backend);
        var addresses = new OriginAddresses(options.Host, options.Port, TimeProvider.System);
        var services = new RingServices
        {
            Loop = loop,
            Memory = memory,
            Options = options,
            Tls = contexts.Of(options, new OriginChannels(loop, memory, new ChannelOptions { ReceivesSingly = true }, new KtlsFirsts())),
        };
        var origin = new RingOrigin(services, addresses, connectionsMax: 1);
        origin.Start(Request(options), probe);
        while (!probe.HasEnded)
            loop.Turn();
        var isOver = false;
        origin.End(() => isOver = true);
        while (!isOver)
            loop.Turn();
        return probe;
    }

    private static OriginRequest Request(OriginOptions options)
    {
        var fields = new FieldTable();
        fields.Add("Host"u8, Encoding.ASCII.GetBytes(options.HostSent ?? options.Authority));
        return new OriginRequest
        {
            Method = KnownMethod.Head,
            MethodText = "HEAD"u8.ToArray(),
            Target = "/"u8.ToArray(),
            Fields = fields,
        };
    }
}

using System.Net;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Options that can be meant, but hardly are.</summary>
internal static class StartWarnings
{
    private static readonly IPNetwork[] InnerNetworks =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10" }
            .Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>A sentence for each.</summary>
    /// <param name="admin">The operators' address, or null for none.</param>
    /// <param name="workers">Worker threads.</param>
    /// <param name="processors">Those that the process may use.</param>
    /// <param name="memory">Bytes that it may use.</param>
    public static IEnumerable<string> Of(ListenAddress? admin, int workers, CacheOptions cache, int processors, long memory)
    {
        if (admin is not null && IsPublic(admin.EndPoint.Address))
            yield return $"--admin {admin} can be reached from other networks, and shows its statistics to all who ask; "
                + "listen on 127.0.0.1 or a private address";
        if (workers > processors)
            yield return $"--workers {workers}: the process may use {processors} processors, so further workers only wait "
                + "for them; leave the option out";
        if (cache.ObjectBytes > cache.Bytes)
            yield return $"--max-object-size {OptionTexts.Size(cache.ObjectBytes)} is more than the --cache-size of "
                + $"{OptionTexts.Size(cache.Bytes)}: objects between the two are never stored; make the cache larger";
        if (cache.Bytes > memory)
            yield return $"--cache-size {OptionTexts.Size(cache.Bytes)} is more than the {OptionTexts.Size(memory)} of memory that "
                + "the process may use: it will be killed before the cache is full; set it lower";
    }

    private static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !IPAddress.IsLoopback(plain) && !Array.Exists(InnerNetworks, network => network.Contains(plain));
    }
}

using System.Text;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>
/// What operators may ask for: <c>GET /stats</c> reads; <c>POST /cache/clear</c>, <c>POST /certificates/reload</c> and
/// <c>POST /memory/collect</c> change and need the token. <c>OPTIONS *</c> tells these methods.
/// </summary>
/// <param name="reloads">Null where nothing is served over TLS.</param>
internal sealed class AdminRoutes(
    StatisticsReport report, FetchTable fetches, CertificateReloads? reloads, AdminToken token, AdminHosts hosts) : IResponder
{
    private const string ForeignHost =
        "Ask by an IP address or as localhost: another name of this address has to be allowed by --admin-hosts.\n";

    private const string ReloadHangs =
        "A reload hasn't ended for which several requests wait already: look at the file system of the certificates.\n";

    private const string TokenNeeded = "Send Authorization: Bearer with the token of --admin-token-file.\n";

    private const string Known =
        "This address has GET /stats, POST /cache/clear, POST /certificates/reload and POST /memory/collect.\n";

    public Response? TryAnswer(SegmentPool pool, RequestHead head, IAnswerOwner owner)
    {
        if (!hosts.Contain(head.Host))
            return LocalResponse.TryCreate(pool, 421, ForeignHost);
        var query = head.Target.IndexOf((byte)'?');
        var path = query < 0 ? head.Target : head.Target[..query];
        if (path is [(byte)'*'])
            return LocalResponse.TryCreate(pool, 200, string.Empty, ("Allow", "GET, HEAD, POST"));
        if (path.SequenceEqual("/stats"u8))
        {
            return head.Method is KnownMethod.Get or KnownMethod.Head
                ? Json(pool, 200, report.Write())
                : LocalResponse.TryCreate(pool, 405, Known, ("Allow", "GET, HEAD"));
        }

        Func<SegmentPool, IAnswerOwner, Response?>? change = path.SequenceEqual("/cache/clear"u8) ? Clear
            : path.SequenceEqual("/certificates/reload"u8) ? Reload
            : path.SequenceEqual("/memory/collect"u8) ? Collect
            : null;
        if (change is null)
            return LocalResponse.TryCreate(pool, 404, Known);
        if (head.Method != KnownMethod.Post)
            return LocalResponse.TryCreate(pool, 405, Known, ("Allow", "POST"));
        if (!head.Fields.TryGet(KnownField.Authorization, out var authorization) || !token.Matches(authorization))
            return LocalResponse.TryCreate(pool, 401, TokenNeeded, ("WWW-Authenticate", "Bearer"));
        return change(pool, owner);
    }

    /// <summary>Collects the whole managed heap and gives back what it needn't keep, so that what is left of it, and of the process's
    /// memory, can be compared with an earlier moment.</summary>
    private static Response? Collect(SegmentPool pool, IAnswerOwner owner)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Json(pool, 200, Encoding.ASCII.GetBytes($"{{\"heapBytes\": {GC.GetTotalMemory(forceFullCollection: false)}}}\n"));
    }

    private Response? Clear(SegmentPool pool, IAnswerOwner owner) =>
        Json(pool, 200, Encoding.ASCII.GetBytes($"{{\"removed\": {fetches.Clear()}}}\n"));

    private static Response? Json(SegmentPool pool, int status, byte[] content) =>
        LocalResponse.TryCreate(pool, status, content, "application/json");

    /// <summary>Reads files, which may take as long as their file system does: the upkeep thread does, and this one goes on.</summary>
    private Response? Reload(SegmentPool pool, IAnswerOwner owner)
    {
        if (reloads is null)
            return LocalResponse.TryCreate(pool, 404, "There are no certificates: nothing is served over TLS.\n");
        var answer = owner.Await();
        if (!reloads.TryRequest("POST /certificates/reload", reload => answer.Give(TryReport(pool, reload))))
            answer.Give(LocalResponse.TryCreate(pool, 503, ReloadHangs));
        return null;
    }

    private Response? TryReport(SegmentPool pool, CertificateReload? reload)
    {
        if (reload is null)
            return LocalResponse.TryCreate(pool, 500, "The reload has failed; the log says why.\n");
        var content = CertificateReport.Write(reload, reloads!.Rotation, report.ReadSources(), TimeProvider.System.GetUtcNow());
        return Json(pool, reload.Refusals.Count == 0 ? 200 : 422, content);
    }
}

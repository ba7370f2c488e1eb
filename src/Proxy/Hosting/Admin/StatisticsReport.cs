using System.Text.Json;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Costs;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The counters of the whole proxy as one JSON object. All of them count from the start; <c>open</c>, <c>operations</c>,
/// <c>entries</c>, <c>bytes</c> of the cache, <c>inFlight</c>, <c>subscribers</c> and the memory are of this moment.</summary>
internal sealed class StatisticsReport(
    ProxyServer server, ResponseCache cache, FetchTable fetches, KtlsCounters ktls, RecordChoice? choice, SessionTallies sessions,
    SegmentPool pool, CertificateRotation? certificates, AccessLog? accessLog, FaultLedger faults)
{
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteConnections(json);
            WriteRequests(json);
            WriteKtls(json);
            if (certificates is not null)
                CertificateReport.Write(json, certificates, TimeProvider.System.GetUtcNow());
            WriteTransport(json);
            WriteRing(json);
            json.WriteStartObject("cache");
            json.WriteNumber("entries", cache.Count);
            json.WriteNumber("bytes", cache.Bytes);
            json.WriteNumber("evictions", cache.Evictions);
            json.WriteEndObject();
            json.WriteStartObject("fetches");
            json.WriteNumber("started", fetches.Started);
            json.WriteNumber("inFlight", fetches.InFlight);
            json.WriteNumber("joinable", fetches.Joinable);
            json.WriteNumber("arrivingBytes", fetches.Services.Arriving.Bytes);
            json.WriteNumber("subscribers", fetches.Subscribers);
            json.WriteEndObject();
            WriteMemory(json);
            json.WriteNumber("faults", faults.Count);
            if (accessLog is not null)
            {
                json.WriteStartObject("accessLog");
                json.WriteNumber("lost", accessLog.Lost);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private long Sum(Func<WorkerCounters, long> counter) => server.Workers.Sum(worker => counter(worker.Counters));

    private void WriteConnections(Utf8JsonWriter json)
    {
        json.WriteStartObject("connections");
        json.WriteNumber("accepted", Sum(counters => counters.Accepted));
        json.WriteNumber("open", Sum(counters => counters.Open));
        json.WriteNumber("failed", Sum(counters => counters.Failed));
        json.WriteNumber("deadlines", Sum(counters => counters.Deadlines));
        json.WriteNumber("laggards", Sum(counters => counters.Laggards));
        json.WriteNumber("maximum", server.ConnectionsMaximum);
        json.WriteNumber("endedForRoom", Sum(counters => counters.EndedForRoom));
        json.WriteNumber("acceptPauses", Sum(counters => counters.AcceptPauses));
        json.WriteNumber("proxyHeadersRefused", Sum(counters => counters.ProxyHeadersRefused));
        json.WriteEndObject();
        json.WriteStartObject("handshakes");
        json.WriteNumber("done", Sum(counters => counters.Handshakes));
        json.WriteNumber("resumed", Sum(counters => counters.Resumed));
        json.WriteNumber("failed", Sum(counters => counters.HandshakeFailures));
        json.WriteNumber("held", server.Workers.Sum(worker => worker.HandshakeGate.Held));
        json.WriteNumber("dropped", server.Workers.Sum(worker => worker.HandshakeGate.Dropped));
        json.WriteNumber("delayed", server.Workers.Sum(worker => worker.HandshakeGate.Delayed));
        WriteTally(json, "versions", sessions.Versions);
        WriteTally(json, "suites", sessions.Suites);
        WriteTally(json, "groups", sessions.Groups);
        WriteTally(json, "failures", sessions.Failures);
        json.WriteEndObject();
    }

    private static void WriteTally(Utf8JsonWriter json, string name, Tally tally)
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in tally.Counts)
            json.WriteNumber(key, count);
        json.WriteEndObject();
    }

    private void WriteRequests(Utf8JsonWriter json)
    {
        json.WriteStartObject("requests");
        json.WriteNumber("total", Sum(counters => counters.Requests));
        json.WriteNumber("refused", Sum(counters => counters.Refused));
        foreach (var outcome in Enum.GetValues<CacheOutcome>())
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()), Sum(counters => counters.Answered(outcome)));
        json.WriteNumber("bytes", Sum(counters => counters.SentBytes));
        json.WriteEndObject();
    }

    private void WriteKtls(Utf8JsonWriter json)
    {
        json.WriteStartObject("ktls");
        json.WriteNumber("transmitKernel", ktls.Transmit);
        json.WriteNumber("receiveKernel", ktls.Receive);
        json.WriteNumber("handoffPartial", ktls.Partial);
        json.WriteNumber("userSpace", ktls.UserSpace);
        json.WriteStartObject("userSpaceBecause");
        json.WriteNumber("off", ktls.Because(KtlsReason.Off));
        json.WriteNumber("noModule", ktls.Because(KtlsReason.NoModule));
        json.WriteNumber("version", ktls.Because(KtlsReason.Version));
        json.WriteNumber("cipher", ktls.Because(KtlsReason.Cipher));
        json.WriteNumber("refused", ktls.Because(KtlsReason.Refused));
        json.WriteNumber("peerEnded", ktls.Because(KtlsReason.PeerEnded));
        json.WriteNumber("fragmentLength", ktls.Because(KtlsReason.FragmentLength));
        json.WriteNumber("dearer", ktls.Because(KtlsReason.Dearer));
        json.WriteNumber("unmeasured", ktls.Because(KtlsReason.Unmeasured));
        json.WriteEndObject();
        json.WriteStartObject("refusals");
        foreach (var (error, count) in ktls.Refusals)
            json.WriteNumber(error.ToString(), count);
        json.WriteEndObject();
        json.WriteNumber("rekeyRefused", ktls.RekeyRefused);
        json.WriteNumber("lateAborts", ktls.LateAborts);
        if (choice is not null)
            RecordChoiceReport.Write(json, choice);
        json.WriteEndObject();
        json.WriteStartObject("records");
        json.WriteNumber("alertsSent", ktls.Records.AlertsSent);
        json.WriteNumber("alertsReceived", ktls.Records.AlertsReceived);
        json.WriteNumber("truncated", ktls.Records.Truncated);
        json.WriteNumber("keyUpdates", ktls.Records.KeyUpdates);
        json.WriteNumber("renegotiationsRefused", ktls.Records.RenegotiationsRefused);
        json.WriteNumber("keysExhausted", ktls.Records.KeysExhausted);
        json.WriteEndObject();
    }

    private void WriteTransport(Utf8JsonWriter json)
    {
        json.WriteStartObject("transport");
        json.WriteString("name", server.Backend.Name);
        json.WriteString("features", server.Backend.Features);
        json.WriteString("reason", server.Backend.Reason);
        json.WriteEndObject();
    }

    private void WriteRing(Utf8JsonWriter json)
    {
        var loops = server.Workers.Select(worker => worker.Loop).ToArray();
        json.WriteStartObject("ring");
        json.WriteNumber("workers", loops.Length);
        json.WriteNumber("enters", loops.Sum(loop => loop.Statistics.Enters));
        json.WriteNumber("submitted", loops.Sum(loop => loop.Statistics.Submitted));
        json.WriteNumber("completions", loops.Sum(loop => loop.Statistics.Completions));
        json.WriteNumber("batchMax", loops.Max(loop => loop.Statistics.BatchMax));
        json.WriteNumber("overflows", loops.Sum(loop => loop.Statistics.Overflows));
        json.WriteNumber("queueFull", loops.Sum(loop => loop.Statistics.QueueFull));
        json.WriteNumber("buffersExhausted", loops.Sum(loop => loop.Statistics.BuffersExhausted));
        json.WriteNumber("operations", loops.Sum(loop => loop.PendingOperations));
        json.WriteNumber("deadlines", loops.Sum(loop => loop.ArmedDeadlines));
        json.WriteEndObject();
    }

    private void WriteMemory(Utf8JsonWriter json)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("rentedSegments", pool.RentedSegments);
        json.WriteNumber("allocatedBytes", pool.AllocatedBytes);
        json.WriteNumber("mappedBytes", pool.MappedBytes);
        json.WriteEndObject();
        json.WriteStartObject("gc");
        json.WriteNumber("heapBytes", GC.GetTotalMemory(forceFullCollection: false));
        json.WriteNumber("allocatedBytes", GC.GetTotalAllocatedBytes(precise: false));
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            json.WriteNumber($"gen{generation}", GC.CollectionCount(generation));
        json.WriteEndObject();
    }
}

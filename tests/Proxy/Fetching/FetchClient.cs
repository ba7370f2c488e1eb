using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A client that asks a table of fetches, and takes each answer at once.</summary>
internal sealed class FetchClient(FetchTable table, IOrigin origin) : IMailbox, IFetchOwner, IBodySubscriber
{
    public int Index => 0;

    public long BodyOffset => 0;

    public FetchHome Home => field ??= new FetchHome(this, origin);

    public bool IsHttps { get; set; }

    /// <summary>The host that it asks for.</summary>
    public string Host { get; set; } = "a";

    /// <summary>Where the client is.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Whether it is a proxy that is believed.</summary>
    public bool IsTrusted { get; set; }

    /// <summary>Whether its connection has a certificate of its own.</summary>
    public bool HasCertificate { get; set; }

    /// <summary>Interim responses as they came, and for which of its tickets.</summary>
    public List<(FetchTicket Ticket, InterimResponse Response)> Interims { get; } = [];

    public FetchTicket Ask(string target, string? field = null, string method = "GET") =>
        Send(target, method, field is null ? [] : [field]);

    public FetchTicket Send(string target, string method, params string[] fields)
    {
        var request = Messages.RequestTo(Host, target, method, fields);
        request.IsHttps = IsHttps;
        request.HasClientCertificate = HasCertificate;
        var ticket = new FetchTicket(request, new ForwardedClient(Address, IsHttps, IsTrusted), Home, this, this)
        {
            Directives = table.Services.Policy.DirectivesOf(request.Fields),
        };
        table.Request(ticket);
        return ticket;
    }

    public void Post(IPosted work) => work.Run();

    public void OnAnswered(FetchTicket ticket) => Assert.True(ticket.Response is not null || ticket.Failure != OriginFailure.None);

    public void OnInterims(FetchTicket ticket) => Interims.AddRange(ticket.TakeInterims().Select(response => (ticket, response)));

    public void OnBodyProgress() => Assert.Fail("Nobody has subscribed.");

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}

using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <summary>What a fetch asks for, and on whose behalf. A value: each step on the way to the fetch changes its own copy.</summary>
internal readonly record struct FetchPlan
{
    /// <summary>Whence it is asked for: that of the one whose request is forwarded, or of the one who used what is refreshed.</summary>
    public required FetchHome Home { get; init; }

    public required RequestHead Request { get; init; }

    public required ForwardedClient Client { get; init; }

    public RequestBody? Body { get; init; }

    /// <summary>The rule for the request's path.</summary>
    public PathRule? Rule { get; init; }

    /// <summary>Where the request goes. All requests of a key have one route.</summary>
    public required OriginRoute Route { get; init; }

    /// <summary>The key of what may be stored or invalidated.</summary>
    public required string Key { get; init; }

    /// <summary>How the origin is asked.</summary>
    public required FetchKind Kind { get; init; }

    /// <summary>Others may join.</summary>
    public bool IsShared => Kind is FetchKind.Shared or FetchKind.Refresh;

    /// <summary>The cache answers the client's conditions and range itself; otherwise they go along to the origin.</summary>
    public bool IsManaged => Kind != FetchKind.Past;

    /// <summary>Nobody waits: a stale response that was used is asked about in the background.</summary>
    public bool IsRefresh => Kind == FetchKind.Refresh;

    /// <summary>The origin has just answered a request without credentials with an error: one more is for those who wait.</summary>
    public bool IsAfterError => ErrorSource is not null;

    /// <summary>That request, for where it came from; null where there was none.</summary>
    public RequestForm? ErrorSource { get; init; }

    /// <summary>The origin has just answered a request with credentials with an error, which says nothing of others.</summary>
    public bool IsAfterOwnError { get; init; }

    /// <summary>The number of the drawing that chose the request after an error to one with credentials; 0 where none did.</summary>
    public long Drawing { get; init; }

    /// <summary>The request has cookies or credentials, or had them before a refresh in the background left them out. An answer that isn't
    /// stored says nothing then of what others would get.</summary>
    public bool IsOfOne { get; init; }

    /// <summary>The client forbids that its answer be stored.</summary>
    public bool ForbidsStoring { get; init; }

    /// <summary>Why the origin is asked.</summary>
    public CacheReason Reuse { get; init; }

    /// <summary>Whether the answer may be stored, whatever it says: the fetch goes on then when its clients have left.</summary>
    public bool MayBeStored => Request is { Method: KnownMethod.Get, HasBody: false, WebSocket: null }
        && Reuse is not CacheReason.Bypass && !ForbidsStoring;

    /// <summary>The same on behalf of one of those who wait, who wasn't drawn.</summary>
    public FetchPlan For(FetchTicket ticket) => this with
    {
        Home = ticket.Home,
        Request = ticket.Request,
        Client = ticket.Client,
        Body = ticket.Body,
        IsOfOne = ticket.IsOfOne,
        ForbidsStoring = ticket.Directives.NoStore,
        Kind = Kind == FetchKind.Refresh ? FetchKind.Shared : Kind,
        Drawing = 0,
    };
}

using System.Text;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Origin;

/// <summary>The head of an answer as its client gets it.</summary>
internal static class WrittenHead
{
    public static string Of(FetchTicket ticket)
    {
        var response = ticket.Response!;
        var head = new byte[response.HeadBytesMaximum];
        var context = new HeadContext(
            0, HttpVersion.Http11, KeepAlive: true, response.Body.TotalLength, Chunked: false, ResponsePart.Whole(response.Status),
            ticket.Note);
        return Encoding.ASCII.GetString(head.AsSpan(0, response.WriteHead(head, context)));
    }
}

using System.Text;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>The head of an answer as its client gets it.</summary>
internal static class WrittenHead
{
    public static string Of(FetchTicket ticket)
    {
        var response = ticket.Response!;
        var head = new byte[Http1Head.BytesMaximum(response)];
        var context = new HeadContext(
            0, HttpVersion.Http11, KeepAlive: true, response.Body.TotalLength, Chunked: false, ResponsePart.Whole(response.Status),
            ticket.Note);
        return Encoding.ASCII.GetString(head.AsSpan(0, Http1Head.Write(head, response, context)));
    }
}

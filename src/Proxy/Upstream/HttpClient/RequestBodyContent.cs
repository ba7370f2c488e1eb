using System.Buffers;
using System.Net;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>A client's body as HttpClient sends it.</summary>
internal sealed class RequestBodyContent(RequestBody body, OriginDeadline deadline, TimeSpan writeTimeout) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The head leaves first: a connection that can't take it leaves the body unread, so the request can be sent on another.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(IOriginSink.DataMaximum);
        try
        {
            while (true)
            {
                // The client has deadlines of its own: while it is waited for, the origin's doesn't run.
                deadline.Disarm();
                var count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                deadline.Arm(OriginFailure.ResponseTimeout, writeTimeout);
                if (count == 0)
                    return;
                if (count < 0)
                    throw new IOException("The request's body is incomplete.");
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length ?? 0;
        return body.Length.HasValue;
    }
}

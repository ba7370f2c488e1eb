using System.Buffers;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Uring;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>One end of the conversation between the process that serves and the one that takes its sockets over: short messages of text,
/// some with descriptors, over a UNIX socket of the kind SOCK_SEQPACKET. Each has a bound in bytes and a deadline.</summary>
internal sealed class TakeoverChannel : IDisposable
{
    /// <summary>The first message of both ends; its number changes when the messages do.</summary>
    public const string Greeting = "tlsproxy takeover 1";

    /// <summary>Begins a message with the sockets of one address: option and scheme follow.</summary>
    public const string Sockets = "sockets";

    /// <summary>All sockets have been sent.</summary>
    public const string End = "end";

    /// <summary>The sender accepts on the sockets at the addresses that follow.</summary>
    public const string Ready = "ready";

    /// <summary>The answer: the sender accepts there no more.</summary>
    public const string Draining = "draining";

    private const int MessageBytesMaximum = 16 * 1024;

    private readonly Socket _socket;
    private readonly TimeSpan _patience;

    /// <param name="socket">Connected; owned by the channel.</param>
    /// <param name="patience">The time for one step.</param>
    /// <exception cref="TakeoverException">The process at the other end runs as another user.</exception>
    public TakeoverChannel(Socket socket, TimeSpan patience)
    {
        _socket = socket;
        _patience = patience;
        if (!DescriptorPassing.IsSameUser(socket, out var process))
        {
            socket.Dispose();
            throw new TakeoverException($"process {process} runs as another user");
        }

        Process = process;
    }

    /// <summary>The number of the process at the other end.</summary>
    public int Process { get; }

    public void Send(string message, ReadOnlySpan<int> descriptors = default)
    {
        Wait(SelectMode.SelectWrite, _patience);
        var error = DescriptorPassing.Send(_socket, Encoding.UTF8.GetBytes(message), descriptors);
        if (error != Errno.None)
            throw new TakeoverException($"'{message}' can't be sent to process {Process} ({error})");
    }

    /// <param name="descriptors">Gets those of the message; they are the caller's to close, also after an exception.</param>
    /// <param name="patience">The time until it is there; null for that of a step.</param>
    public string Receive(List<int> descriptors, TimeSpan? patience = null)
    {
        Wait(SelectMode.SelectRead, patience ?? _patience);
        var buffer = ArrayPool<byte>.Shared.Rent(MessageBytesMaximum);
        try
        {
            return DescriptorPassing.Receive(_socket, buffer.AsSpan(0, MessageBytesMaximum), descriptors, out var length) switch
            {
                Errno.None when length > 0 => Encoding.UTF8.GetString(buffer, 0, length),
                Errno.None or Errno.ECONNRESET => throw new TakeoverException($"process {Process} has ended the conversation"),
                Errno.EMSGSIZE => throw new TakeoverException($"process {Process} sent a message of more than {MessageBytesMaximum} bytes"),
                var error => throw new TakeoverException($"nothing can be received from process {Process} ({error})"),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Receives a message that has no descriptors.</summary>
    public void Expect(string message)
    {
        var descriptors = new List<int>();
        var received = Receive(descriptors);
        Close(descriptors);
        if (received != message)
            throw new TakeoverException($"process {Process} said '{Shorten(received)}' in place of '{message}'");
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Closes descriptors that aren't wanted.</summary>
    public static void Close(IEnumerable<int> descriptors)
    {
        var sockets = new SocketCalls();
        foreach (var descriptor in descriptors)
            _ = sockets.Close(descriptor);
    }

    /// <summary>The beginning of what the other end said, as it may stand in a log.</summary>
    public static string Shorten(string message) =>
        new([.. message.Take(80).Select(character => char.IsControl(character) ? '?' : character)]);

    private void Wait(SelectMode mode, TimeSpan patience)
    {
        if (!_socket.Poll(patience, mode))
            throw new TakeoverException($"process {Process} took more than {patience.TotalSeconds} s for its part");
    }
}

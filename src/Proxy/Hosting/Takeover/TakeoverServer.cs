using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TlsProxy.Handshake.Files;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>The side of the process that serves: a thread that hands the listening sockets to a process of the same user, and tells when
/// that process accepts on them. Everything that fails before leaves this process as it was.</summary>
internal sealed class TakeoverServer : IDisposable
{
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly string _path;
    private readonly Socket _socket;
    private readonly ulong _inode;
    private readonly ILogger _logger;
    private readonly FaultLedger _faults;
    private readonly SocketSource _duplicate;
    private readonly Action<IReadOnlySet<IPEndPoint>> _handedOver;
    private readonly TimeSpan _patience;

    // Written by the thread once, when the sockets are another process's; its path is that process's then, too.
    private int _isOver;

    /// <param name="path">Where other processes ask.</param>
    /// <param name="duplicate">Further descriptors of the listening sockets; the server closes them.</param>
    /// <param name="patience">The time that a process has from the sockets to its first accept.</param>
    /// <param name="handedOver">Told once, with the addresses that another process accepts at from now on.</param>
    /// <param name="faults">Where a fault of a conversation is counted; the process goes on.</param>
    /// <param name="tookOver">The process that listens at the path has been taken over.</param>
    /// <exception cref="StartException">The path can't be used, or another process listens there.</exception>
    public TakeoverServer(
        string path, SocketSource duplicate, Action<IReadOnlySet<IPEndPoint>> handedOver, FaultLedger faults, ILogger logger,
        TimeSpan? patience = null, bool tookOver = false)
    {
        _faults = faults;
        _patience = patience ?? StartPatience;
        _path = path;
        _duplicate = duplicate;
        _handedOver = handedOver;
        _logger = logger;
        _socket = TakeoverSocket.Listen(path, tookOver);
        _inode = FileStatus.Of(path).Inode;
        new Thread(Run) { Name = "takeover", IsBackground = true }.Start();
    }

    /// <summary>Answers nobody any more. The path is removed unless another process has it.</summary>
    public void Dispose()
    {
        // While the socket is open, no other file has its number.
        var isOwn = Volatile.Read(ref _isOver) == 0 && File.Exists(_path) && FileStatus.Of(_path).Inode == _inode;
        _socket.Dispose();
        if (isOwn)
            File.Delete(_path);
    }

    private void Run()
    {
        while (Volatile.Read(ref _isOver) == 0)
        {
            try
            {
                _faults.Run("a takeover", _socket.Accept(), Serve);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The end of the server, or a peer that has gone between its connect and the accept.
                if (_socket.SafeHandle.IsClosed)
                    return;
            }
        }
    }

    private void Serve(Socket peer)
    {
        try
        {
            HandOver(peer);
        }
        catch (Exception exception) when (exception is TakeoverException or IOException)
        {
            TakeoverLog.Failed(_logger, exception.Message);
        }
    }

    private void HandOver(Socket peer)
    {
        using var channel = new TakeoverChannel(peer, StepPatience);
        channel.Expect(TakeoverChannel.Greeting);
        channel.Send(TakeoverChannel.Greeting);
        SendSockets(channel);
        TakeoverLog.Asked(_logger, channel.Process);
        var addresses = ReceiveReady(channel);
        channel.Send(TakeoverChannel.Draining);
        Volatile.Write(ref _isOver, 1);
        TakeoverLog.HandedOver(_logger, channel.Process);
        _handedOver(addresses);
    }

    private void SendSockets(TakeoverChannel channel)
    {
        var sockets = _duplicate();
        try
        {
            foreach (var group in sockets.GroupBy(socket => socket.Address))
            {
                foreach (var part in group.Chunk(DescriptorPassing.DescriptorsMaximum))
                {
                    channel.Send(
                        $"{TakeoverChannel.Sockets} {group.Key.Option} {group.Key.Traits.Scheme}",
                        [.. part.Select(socket => socket.Descriptor)]);
                }
            }

            channel.Send(TakeoverChannel.End);
        }
        finally
        {
            TakeoverChannel.Close(sockets.Select(socket => socket.Descriptor));
        }
    }

    private HashSet<IPEndPoint> ReceiveReady(TakeoverChannel channel)
    {
        var descriptors = new List<int>();
        var message = channel.Receive(descriptors, _patience);
        TakeoverChannel.Close(descriptors);
        var words = message.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var addresses = new HashSet<IPEndPoint>();
        foreach (var word in words.Skip(1))
        {
            if (IPEndPoint.TryParse(word, out var address))
                addresses.Add(address);
        }

        return words.FirstOrDefault() == TakeoverChannel.Ready && addresses.Count == words.Length - 1
            ? addresses
            : throw new TakeoverException(
                $"process {channel.Process} said '{TakeoverChannel.Shorten(message)}' in place of '{TakeoverChannel.Ready}'");
    }
}

using System.Net;
using Transports;

namespace Soak;

/// <summary>Listeners that end while clients talk to them, and come again on the same port.</summary>
internal sealed class Restarts(Service service, Tally tally)
{
    private const int Clients = 4;
    private const int Rounds = 3;

    public Task TcpAsync(Random random, CancellationToken cancellationToken) =>
        RunAsync(service.Tcp.Transport, random, cancellationToken);

    public Task UdpAsync(Random random, CancellationToken cancellationToken) =>
        RunAsync(service.Udp.Transport, random, cancellationToken);

    private async Task RunAsync(ITransport transport, Random random, CancellationToken cancellationToken)
    {
        EndPoint endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        for (var round = 0; round < Rounds; round++)
        {
            IListener listener;
            try
            {
                listener = await transport.ListenAsync(endPoint, service.Handler, cancellationToken);
            }
            catch (AddressInUseException)
            {
                // Somebody else's client got the port meanwhile.
                return;
            }

            endPoint = listener.LocalEndPoint;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var clients = Enumerable.Range(0, Clients)
                .Select(_ => TalkAsync(transport, endPoint, ended.Token)).ToArray();
            await Task.Delay(random.Next(5, 60), cancellationToken);
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1, 100)));
            await listener.StopAsync(deadline.Token);
            await listener.Completion;
            await ended.CancelAsync();
            await Task.WhenAll(clients);
        }
    }

    private async Task TalkAsync(ITransport transport, EndPoint endPoint, CancellationToken ended)
    {
        try
        {
            await using var connection = await transport.ConnectAsync(endPoint, ended);
            while (!ended.IsCancellationRequested)
            {
                await connection.SendAsync("still there?", ended);
                if (await connection.ReceiveTextAsync(ended) is not "STILL THERE?" and var other)
                {
                    tally.Wrong($"restart: 'still there?' was answered with '{other}'");
                }

                tally.Verified();
            }
        }
        catch (Exception exception) when (exception is TransportException or OperationCanceledException)
        {
            // The listener has ended: these two are how a client may be told.
        }
    }
}

import java.io.File;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** For bin/store-check: a name node and two data nodes of Hadoop's in this process, at the ports that it is given. */
public final class HdfsCluster {
  private static final int DATA_NODES = 2;

  public static void main(String[] args) throws Exception {
    File directory = Path.of(args[0]).toFile();
    Configuration conf = new Configuration();
    conf.setInt("dfs.replication", DATA_NODES);
    MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(conf, directory)
            .numDataNodes(DATA_NODES)
            .nameNodePort(Integer.parseInt(args[1]))
            .nameNodeHttpPort(Integer.parseInt(args[2]))
            .build();
    cluster.waitActive();
    System.out.println("HDFS is up");
    Thread.currentThread().join();
  }
}
